"""`kb model`: a pretrained judge, fetched and removed again, only when it is asked for."""

from typing import Annotated

import typer

from kb.cli import door
from kb.cli.listing import AsJson
from kb.cli.screen import progress
from kb.errors import Unavailable
from kb.language import pretrained


def model(
    action: Annotated[
        str, typer.Argument(help="get or remove; without it, what can be fetched and what is here.", show_default=False)
    ] = "",
    name: Annotated[str, typer.Argument(help="judge, the only one.", show_default=False)] = "",
    source: Annotated[
        str, typer.Option("--from", help="Another address that has the same files.", metavar="URL", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Fetch a pretrained judge, or remove it again."""
    if action not in ("", "get", "remove") or (name or "judge") != "judge" or bool(action) != bool(name):
        raise typer.BadParameter("say get judge, remove judge, or nothing.")
    vault, settings = door.here(sends=False)
    is_set = settings.judge == pretrained.PLACE
    if action == "get":
        if settings.offline:
            raise Unavailable(
                "offline is set, so nothing is fetched.", "Take it out of kb.toml, or unset KB_OFFLINE, for this once."
            )
        with progress() as report:
            pretrained.fetch(vault, source or pretrained.HOME, report)
    removed = action == "remove" and pretrained.forget(vault)
    is_here = pretrained.is_here(vault)
    if as_json:
        door.print_json({
            "name": pretrained.NAME, "licence": pretrained.LICENCE, "bytes": pretrained.SIZE, "from": pretrained.HOME,
            "place": pretrained.PLACE, "here": is_here, "used": is_set,
        })  # fmt: skip
        return
    line = f'judge = "{pretrained.PLACE}"'
    if action == "remove":
        print(
            f"The judge {pretrained.NAME} is removed." if removed else f"There is no judge {pretrained.NAME} to remove."
        )
        if is_set:
            print(f"Exact guards judge alone as long as kb.toml says: {line}")
        return
    print(
        f"{pretrained.NAME}, {pretrained.LICENCE}, {pretrained.SIZE / 1e6:.0f} MB, {'here' if is_here else 'not fetched'}"
    )
    if not is_here:
        print("Fetch it: kb model get judge")
    elif is_set:
        print("kb.toml names it, so it judges.")
    else:
        print(f"The judge in the box is the one that is measured; to have this one judge, put into kb.toml: {line}")
