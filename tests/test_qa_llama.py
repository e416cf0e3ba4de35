"""The base in a llama-index pipeline: the real classes of llama-index, and the example that the docs name."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode, NodeRelationship, TextNode
from scripted import Scripted
from test_qa_write import essay, faithful
from transcript import SAMPLE, synced_sample

from ingest.pipeline import sync
from kb.settings import Settings
from qa.llama import ClaimQueryEngine, ClaimRetriever, Vault

ROOT = SAMPLE.parent.parent
QUESTION = "Why would meaningless reward signals make Qwen better at maths?"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    opened = Vault(synced_sample(tmp_path_factory.mktemp("llama") / "vault"))
    yield opened
    opened.close()


def test_nodes_are_claims_with_their_place_and_their_tensions(vault: Vault) -> None:
    nodes = ClaimRetriever(vault, limit=8).retrieve(QUESTION)
    assert 1 <= len(nodes) <= 8
    scores = [found.get_score() for found in nodes]
    assert scores == sorted(scores, reverse=True)
    for found in nodes:
        node = found.node
        assert isinstance(node, TextNode) and node.start_char_idx is not None and node.end_char_idx is not None
        text = (vault.folder / node.metadata["path"]).read_bytes().decode()
        assert text[node.start_char_idx : node.end_char_idx] == node.metadata["quote"]
        assert node.relationships[NodeRelationship.SOURCE].node_id == node.metadata["note"]  # type: ignore[union-attr]
    tensions = [tension for found in nodes for tension in found.node.metadata["tensions"]]
    assert tensions and all(tension["why"] and tension["method"] == "author" for tension in tensions)


def test_a_prompt_shows_the_text_and_where_it_stands_and_no_vectors_are_made_of_it(vault: Vault) -> None:
    node = ClaimRetriever(vault, limit=1).retrieve(QUESTION)[0].node
    shown = node.get_content(MetadataMode.LLM)
    assert node.metadata["path"] in shown and node.metadata["title"] in shown and "relationships" not in shown
    assert node.get_content(MetadataMode.EMBED) == node.text  # type: ignore[attr-defined]


def test_a_pipeline_of_someone_elses_cites_the_claims(vault: Vault) -> None:
    engine = RetrieverQueryEngine.from_args(
        ClaimRetriever(vault, limit=4), llm=MockLLM(), response_mode=ResponseMode.COMPACT
    )
    response = engine.query(QUESTION)
    assert len(response.source_nodes) == 4
    assert all(found.node.text in str(response) for found in response.source_nodes)  # type: ignore[attr-defined]


def test_the_query_engine_gives_the_answer_of_kb_ask(vault: Vault) -> None:
    response = ClaimQueryEngine(vault).query(QUESTION)
    assert response.metadata is not None and response.metadata["coverage"] == "contested"
    answer = response.metadata["answer"]
    cited = list(dict.fromkeys(key for each in answer["statements"] for key in each["claims"]))
    assert [found.node.node_id for found in response.source_nodes] == cited
    quoted = [each["text"].removeprefix(each["lead"]).strip(" “”.") for each in answer["statements"]]
    assert quoted and all(words in str(response) for words in quoted)
    assert f"[{len(cited)}]" in str(response) and "Tension (stated," in str(response)


def test_what_the_notes_do_not_know_is_said(vault: Vault) -> None:
    response = ClaimQueryEngine(vault).query("How are influenza vaccines updated from year to year?")
    assert str(response).startswith("These notes cannot answer that.")
    assert response.source_nodes == []


def test_an_edit_between_two_questions_is_seen(vault: Vault) -> None:
    note = vault.folder / "notes" / "zebra-finches.md"
    note.write_text("# Do zebra finches dream of songs?\n\nZebra finches replay their songs while they sleep.\n")
    found = ClaimRetriever(vault, limit=3).retrieve("Do zebra finches replay songs in sleep?")
    assert found[0].node.metadata["path"] == "notes/zebra-finches.md"
    note.unlink()
    found = ClaimRetriever(vault, limit=3).retrieve("Do zebra finches replay songs in sleep?")
    assert all(each.node.metadata["path"] != "notes/zebra-finches.md" for each in found)


def test_the_model_of_the_vault_words_the_answer_where_that_is_asked_for(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "vault"
    shutil.copytree(vault.folder, folder)
    with Scripted("openai", lambda request: essay(faithful(request))) as server:
        (folder / "kb.toml").write_text(server.toml(), encoding="utf-8")
        plain, worded = Vault(folder), Vault(folder, worded=True)
        assert ClaimQueryEngine(plain).query(QUESTION).metadata["answer"]["engine"]["llm"] is None  # type: ignore[index]
        assert server.asked == []
        response = ClaimQueryEngine(worded).query(QUESTION)
        plain.close()
        worded.close()
        asked = len(server.asked)
        again = Vault(folder, worded=True)
        assert ClaimQueryEngine(again).query(QUESTION).metadata["answer"]["engine"]["llm"] == server.model  # type: ignore[index]
        again.close()
        assert asked and len(server.asked) == asked, "what was paid for once is kept"
    assert response.metadata is not None and response.metadata["answer"]["engine"]["llm"] == server.model
    assert len(response.source_nodes) == 6 and "[6]" in str(response)


def test_the_example_runs(vault: Vault) -> None:
    example = ROOT / "examples" / "llama_index_pipeline.py"
    done = subprocess.run(
        [sys.executable, str(example), str(vault.folder), QUESTION],
        capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "coverage: contested; " in done.stdout and "Tension (stated," in done.stdout


def test_the_function_that_the_docs_give_to_agents_works(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    code = page[page.index("import json\n") :].partition("```")[0]
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    space: dict[str, Callable[[str], dict[str, object]]] = {}
    exec(code.replace("examples/vault", str(vault.folder)), space)
    answer = space["ask_my_notes"]("--help me: " + QUESTION)
    assert answer["coverage"] != "silent" and answer["statements"]


def test_a_base_made_anew_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("")
    (tmp_path / "rewards.md").write_text(
        "# Do rewards help?\n\nSparse rewards lengthen the training of small models.\n"
    )
    retriever = ClaimRetriever(tmp_path)
    assert len(retriever.retrieve("Do rewards help?")) == 1
    (tmp_path / "praise.md").write_text("# Does praise help?\n\nPlain praise shortens the training of large models.\n")
    sync(tmp_path, Settings(), rebuild=True)
    assert "praise.md" in {node.node.metadata["path"] for node in retriever.retrieve("Does praise help?")}
    retriever.vault.close()
