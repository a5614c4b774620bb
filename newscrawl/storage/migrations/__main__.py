"""`make migration NAME="what changes"`: write the migration from the last one's schema to that of schema.py."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from newscrawl.storage.database import Database, alembic_config


def main(message: str) -> None:
    """Write the migration file into versions/, numbered after the last one."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'last.db'}")
        with database.engine.begin() as connection:
            config = alembic_config(connection)
            last = ScriptDirectory.from_config(config).get_current_head() or "0"
            command.revision(config, message=message, autogenerate=True, rev_id=f"{int(last) + 1:04}")
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit("say what changes: make migration NAME='what changes'")
    main(sys.argv[1])
