"""The commands with a language model: what it is asked, what is said of it, and that it is asked once."""

from pathlib import Path

import pytest
from scripted import Said, Scripted
from test_cli_contract import SYNC, ask, fits
from test_ingest_asking import NOTES, judge


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name, text in NOTES.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_from_the_setting_to_the_card(vault: Path) -> None:
    def scope(a: str, b: str) -> dict[str, str]:
        return {"answer": "scope", "a": "Long sleep", "b": "after training"}

    with Scripted("openai", lambda asked: Said(judge(scope)(asked), usage=(700, 90))) as server:
        (vault / "kb.toml").write_text(server.toml(judge="llm"), encoding="utf-8")
        status = ask(vault, "status", "--json").json["engine"]
        assert status["llm"] == server.model and server.asked == []
        assert [f"{server.model} at {server.url}" in each for each in status["sends"]] == [True, True]
        synced = ask(vault, "sync")
        assert synced.out.endswith("\nSpent   about 790 tokens of openai-like/tiny\n"), synced
        again = ask(vault, "sync", "--json")
        fits(again.json, SYNC)
        assert len(server.asked) == 1 and (again.json["remarks"], again.err) == ([], "")
        cards = ask(vault, "tensions", "--method", "model").out
        assert "~ scope" in cards and "“after training”" in " ".join(cards.split())
        assert len(server.asked) == 1
