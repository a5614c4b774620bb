from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from newscrawl.exceptions import ConfigurationError
from newscrawl.monitoring import prometheus
from newscrawl.monitoring.checkup import Checkup
from newscrawl.monitoring.summaries import summary
from tests.monitoring.test_report import NOW, checkup

__all__ = ["checkup"]


def samples(target: Path) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(target.read_text(encoding="utf-8"))
    return {
        (sample.name.removeprefix("newscrawl_"), sample.labels.get("source", "")): sample.value
        for family in families
        for sample in family.samples
    }


def test_file_is_what_prometheus_reads(tmp_path: Path, checkup: Checkup) -> None:
    target = tmp_path / "newscrawl.prom"
    target.write_text("what stood there")
    summaries = [summary(history, NOW, 28) for history in checkup.histories]
    prometheus.write(target, checkup, summaries, NOW)
    found = samples(target)
    assert found["source_articles", "post"] == sum(summaries[0].published)
    assert found["source_articles", "never"] == 0
    assert ("source_last_asked_timestamp_seconds", "never") not in found
    assert found["finding", "post"] == 1
    assert found["last_run_timestamp_seconds", ""] == NOW.timestamp()
    assert found["disk_full_days", ""] == 41
    assert 0 < found["source_coverage_ratio", "post"] <= 1
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["newscrawl.txt", "none/newscrawl.prom"])
def test_place_that_is_not_read_is_told(tmp_path: Path, checkup: Checkup, name: str) -> None:
    with pytest.raises(ConfigurationError):
        prometheus.write(tmp_path / name, checkup, [], NOW)
