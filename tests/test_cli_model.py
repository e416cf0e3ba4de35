"""The commands with a language model: what it is asked, what is said of it, and that it is asked once."""

from pathlib import Path

import pytest
from scripted import Said, Scripted
from test_cli_contract import SYNC, ask, fits
from test_ingest_model_claims import NOTES, naming
from test_kb_folder_judge import judge_folder


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name, text in NOTES.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_from_the_setting_to_the_claim(vault: Path) -> None:
    with Scripted("openai", lambda asked: Said(naming()(asked), usage=(700, 90))) as server:
        (vault / "kb.toml").write_text(server.toml(extract="llm"), encoding="utf-8")
        status = ask(vault, "status", "--json").json["engine"]
        assert status["llm"] == server.model and server.asked == []
        assert [f"{server.model} at {server.url}" in each for each in status["sends"]] == [True, True]
        synced = ask(vault, "sync")
        assert synced.out.endswith("\nSpent   about 1,580 tokens of openai-like/tiny\n"), synced
        again = ask(vault, "sync", "--json")
        fits(again.json, SYNC)
        assert len(server.asked) == 2 and (again.json["remarks"], again.err) == ([], "")
        assert "Naps help memory." in ask(vault, "claims", "naps").out
        assert len(server.asked) == 2


def test_a_judge_that_cannot_be_had_is_a_remark_and_guards_need_none(vault: Path) -> None:
    judge_folder(vault / "models" / "nli")
    for named, codes in (("nowhere", ["judge"]), ("llm", ["judge"]), ("models/nli", []), ("guards", [])):
        (vault / "kb.toml").write_text(f'judge = "{named}"\n', encoding="utf-8")
        done = ask(vault, "sync", "--json")
        assert (done.status, [remark["code"] for remark in done.json["remarks"]]) == (0, codes), named
