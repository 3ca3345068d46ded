"""The command line: one click group, one function a command; everything heavy is imported inside it."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fifteen", prog_name="fifteen")
def fifteen() -> None:
    """The first fifteen minutes of a production incident."""
