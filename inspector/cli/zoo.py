"""`graphinspect zoo`."""

from __future__ import annotations

from inspector.cli.arguments import JsonOption


def zoo(json: JsonOption = False) -> None:
    """List the architectures of keras.applications that are known by name.

    Example:

        graphinspect zoo
    """
    from inspector.cli import output  # noqa: PLC0415 - loads when asked
    from inspector.readers.zoo import architectures  # noqa: PLC0415

    known = list(architectures().values())
    if json:
        from inspector.render.json import dumped  # noqa: PLC0415

        document = {
            "schema": "graphinspect.zoo/1",
            "architectures": [architecture._asdict() for architecture in known],
        }
        output.write(dumped(document) + "\n")
        return
    from inspector.render.zoo import zoo_screen  # noqa: PLC0415

    output.show(lambda width, _: zoo_screen(known, width))
