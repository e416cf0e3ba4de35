"""`kb allow`: the addresses that a vault's settings may send to from this machine."""

from typing import Annotated

import typer

from kb import allowed
from kb.cli import door
from kb.cli.listing import AsJson


def allow(
    url: Annotated[str, typer.Argument(help="Such as https://llm.example.org/v1; none lists what is allowed.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Take the word back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let settings of vaults send text and keys to an address."""
    if forget and not url:
        raise typer.BadParameter("--forget: name the address.")
    if url:
        address = allowed.allow(url, still=not forget)
    known = [str(each) for each in allowed.allowed()]
    if as_json:
        door.print_json(known)
    elif url:
        print(f"{address}: {'no longer allowed' if forget else 'allowed'}, for every vault on this machine.")
    else:
        print("\n".join(known) or "No address is allowed; servers on this machine get text, and no key.")
