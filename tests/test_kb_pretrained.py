"""`kb model get judge`: a real download from a real server on loopback, of a judge small enough to be made here."""

import hashlib
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_cli_contract import ask
from test_kb_folder_judge import judge_folder

from kb.cli import door
from kb.cli.model import model
from kb.errors import KbError
from kb.language import pretrained
from kb.language.judge import FolderJudge
from kb.language.pretrained import FILES, PLACE, File, NotFetched, fetch, forget, is_here


class Mirror:
    """Serves the files; `cut` is how many bytes of each reply come, `ranges` whether it goes on where it is asked to."""

    def __init__(self, files: dict[str, bytes], cut: int | None = None, *, ranges: bool = True) -> None:
        self.files, self.cut, self.ranges = files, cut, ranges
        self.asked: list[tuple[str, str]] = []
        self.url = ""
        self.onward: dict[str, str] = {}
        """Where a file is said to be instead."""

    @contextmanager
    def served(self) -> Iterator["Mirror"]:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range", "")
                mirror.asked.append((self.path.removeprefix("/at/"), wanted))
                if onward := mirror.onward.get(self.path.removeprefix("/at/")):
                    self.send_response(302)
                    self.send_header("Location", onward)
                    self.end_headers()
                    self.wfile.write(b"moved")
                    self.close_connection = True
                    return
                body = mirror.files.get(self.path.removeprefix("/at/"))
                if body is None:
                    self.send_error(404)
                    return
                start = int(wanted[len("bytes=") : -1]) if wanted and mirror.ranges else 0
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body) - start))
                self.end_headers()
                self.wfile.write(body[start:][: mirror.cut])
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/at"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What a mirror has, under the names of the real one; the sizes and hashes are of these."""
    made = judge_folder(tmp_path / "made")
    served = {file.remote: (made / file.name).read_bytes() for file in FILES}
    small = tuple(
        File(file.name, file.remote, len(body), hashlib.sha256(body).hexdigest())
        for file, body in zip(FILES, served.values(), strict=True)
    )
    monkeypatch.setattr(pretrained, "FILES", small)
    return served


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "note.md").write_text("# Naps\n\nNaps help memory.\n", encoding="utf-8")
    return tmp_path / "vault"


def quiet(doing: str, done: int, of: int) -> None:
    """Nobody looks on."""


def test_it_is_fetched_whole_and_judges(files: dict[str, bytes], vault: Path) -> None:
    seen: list[int] = []
    with Mirror(files).served() as mirror:
        folder = fetch(vault, mirror.url, lambda doing, done, of: seen.append(done))
        assert folder == vault / PLACE and is_here(vault) and seen
        assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.onnx", "tokenizer.json"]
        fetch(vault, mirror.url, quiet)
        assert len(mirror.asked) == len(FILES), "what is there is not fetched again"
    assert FolderJudge(folder).opinions([("Naps help.", "Naps never help.")])[0].denies > 0.8
    (vault / "kb.toml").write_text(f'judge = "{PLACE}"\n', encoding="utf-8")
    synced = ask(vault, "sync", "--json")
    assert (synced.status, synced.json["remarks"]) == (0, [])
    assert forget(vault) and not is_here(vault) and not (vault / ".kb" / "judge").exists() and not forget(vault)


@pytest.mark.parametrize("ranges", [True, False])
def test_what_was_cut_off_is_resumed(files: dict[str, bytes], vault: Path, ranges: bool) -> None:
    with Mirror(files, cut=40, ranges=ranges).served() as mirror:
        with pytest.raises(NotFetched, match=r"did not answer to the end|ended after 40"):
            fetch(vault, mirror.url, quiet)
        assert not is_here(vault)
        mirror.cut = None
        fetch(vault, mirror.url, quiet)
        assert mirror.asked[1] == ("config.json", "bytes=40-") and is_here(vault)
    assert (vault / PLACE / "model.onnx").read_bytes() == files["onnx/model_quint8_avx2.onnx"]


def test_other_bytes_than_those_pinned_are_not_kept(files: dict[str, bytes], vault: Path) -> None:
    files["tokenizer.json"] = files["tokenizer.json"][:-1] + b"?"
    with Mirror(files).served() as mirror:
        with pytest.raises(NotFetched, match="another hash") as raised:
            fetch(vault, mirror.url, quiet)
        assert "--from" in raised.value.remedy
    assert sorted(path.name for path in (vault / PLACE).iterdir()) == ["config.json"]


def test_more_than_was_announced_is_not_read(files: dict[str, bytes], vault: Path) -> None:
    files["config.json"] += b" " * 10_000
    with Mirror(files).served() as mirror:
        fetch(vault, mirror.url, quiet)
    assert (vault / PLACE / "config.json").stat().st_size == pretrained.FILES[0].size


def test_a_damaged_file_is_fetched_again(files: dict[str, bytes], vault: Path) -> None:
    with Mirror(files).served() as mirror:
        fetch(vault, mirror.url, quiet)
        (vault / PLACE / "model.onnx").write_bytes(b"damaged")
        assert not is_here(vault)
        fetch(vault, mirror.url, quiet)
        assert [name for name, _ in mirror.asked[3:]] == ["onnx/model_quint8_avx2.onnx"] and is_here(vault)


def test_a_link_in_the_place_of_the_folder_is_not_followed(
    files: dict[str, bytes], vault: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (vault / ".kb").mkdir()
    (vault / ".kb" / "judge").symlink_to(outside)
    with Mirror(files).served() as mirror:
        with pytest.raises(KbError, match="no folder"):
            fetch(vault, mirror.url, quiet)
        assert forget(vault) and not list(outside.iterdir())
        fetch(vault, mirror.url, quiet)
    assert is_here(vault) and not list(outside.iterdir())


def test_a_mirror_may_lead_on_to_its_own_host_and_nowhere_else_without_https(
    files: dict[str, bytes], vault: Path
) -> None:
    files["elsewhere/config.json"] = files["config.json"]
    with Mirror(files).served() as mirror:
        for onward in ("http://models.example.org/config.json", "ftp://127.0.0.1/config.json", "http://127.0.0.1:9/x"):
            mirror.onward["config.json"] = onward
            with pytest.raises(NotFetched, match="not https"):
                fetch(vault, mirror.url, quiet)
        mirror.onward["config.json"] = "/at/elsewhere/config.json"
        fetch(vault, mirror.url, quiet)
    assert is_here(vault)


def test_a_page_in_the_place_of_a_file_costs_no_second_run(files: dict[str, bytes], vault: Path) -> None:
    with Mirror({**files, "config.json": b"Please sign in."}).served() as mirror:
        with pytest.raises(NotFetched):
            fetch(vault, mirror.url, quiet)
        mirror.files = files
        fetch(vault, mirror.url, quiet)
    assert is_here(vault)


def test_another_judge_beside_it_stays_and_what_only_has_its_size_is_not_it(
    files: dict[str, bytes], vault: Path
) -> None:
    with Mirror(files).served() as mirror:
        folder = fetch(vault, mirror.url, quiet)
    judge_folder(vault / ".kb" / "judge" / "my-own")
    (folder / "model.onnx").write_bytes(bytes(len(files["onnx/model_quint8_avx2.onnx"])))
    assert not is_here(vault)
    assert forget(vault) and not folder.exists() and (vault / ".kb" / "judge" / "my-own" / "model.onnx").is_file()


def test_a_password_in_the_address_is_not_shown(vault: Path) -> None:
    refused = ask(vault, "model", "get", "judge", "--from", "http://me:hunter2@127.0.0.1:9/judge")
    assert refused.status == 1 and "hunter2" not in refused.err + refused.out, refused


def test_two_at_once_are_told_of_each_other(files: dict[str, bytes], vault: Path) -> None:
    def meanwhile(*_: object) -> None:
        with pytest.raises(NotFetched, match="another kb"):
            fetch(vault, mirror.url, quiet)

    with Mirror(files).served() as mirror:
        fetch(vault, mirror.url, meanwhile)
    assert is_here(vault)


def test_a_full_disk_is_told_and_what_came_is_kept(files: dict[str, bytes], vault: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Mirror(files).served() as mirror:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
            with pytest.raises(KbError, match="cannot be written") as raised:
                fetch(vault, mirror.url, quiet)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert "goes on from there" in raised.value.remedy and not is_here(vault)
        fetch(vault, mirror.url, quiet)
    assert is_here(vault) and mirror.asked[1] == ("config.json", "bytes=40-")


def test_a_base_that_is_deleted_meanwhile_is_told(files: dict[str, bytes], vault: Path) -> None:
    def deleted(*_: object) -> None:
        shutil.rmtree(vault / ".kb", ignore_errors=True)

    with Mirror(files).served() as mirror, pytest.raises(NotFetched, match="removed while"):
        fetch(vault, mirror.url, deleted)
    assert not (vault / ".kb").exists()


@pytest.mark.parametrize("source", ["http://models.example.org/judge", "ftp://127.0.0.1/at", "file:///etc", "judge"])
def test_only_https_or_this_machine(vault: Path, source: str) -> None:
    with pytest.raises(KbError, match="over https alone"):
        fetch(vault, source, quiet)
    assert not (vault / ".kb").exists()


def test_the_command(
    files: dict[str, bytes], vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(door, "named_vault", vault)

    def told(call: Callable[[], None]) -> str:
        call()
        return capsys.readouterr().out

    assert "not fetched" in told(lambda: model(action="", name="", source="", as_json=False))
    with Mirror(files).served() as mirror:
        fetched = told(lambda: model(action="get", name="judge", source=mirror.url, as_json=False))
    assert fetched.count("\n") == 2 and f'judge = "{PLACE}"' in fetched
    (vault / "kb.toml").write_text(f'judge = "{PLACE}"\n', encoding="utf-8")
    assert "so it judges" in told(lambda: model(action="", name="", source="", as_json=False))
    removed = told(lambda: model(action="remove", name="judge", source="", as_json=False))
    assert "is removed" in removed and "Exact guards" in removed


def test_wrong_input_and_no_network_get_two_lines(vault: Path) -> None:
    with Mirror({}).served() as mirror:
        missing = ask(vault, "model", "get", "judge", "--from", mirror.url)
        assert missing.status == 1 and "answered 404" in missing.err and missing.err.count("\n") == 2, missing
    gone = ask(vault, "model", "get", "judge", "--from", mirror.url)
    assert gone.status == 1 and "did not answer" in gone.err and gone.err.count("\n") == 2, gone
    for words in (("get",), ("get", "reader"), ("fetch", "judge"), ("remove",)):
        assert ask(vault, "model", *words).status == 2, words
    (vault / "kb.toml").write_text("offline = true\n", encoding="utf-8")
    refused = ask(vault, "model", "get", "judge")
    assert refused.status == 1 and "offline" in refused.err and refused.err.count("\n") == 2, refused
