"""The entry of the command `fifteen` and of `python -m bot`."""

from bot.cli import fifteen


def main() -> None:
    """Run the command line; the exit status is click's."""
    fifteen(prog_name="fifteen")


if __name__ == "__main__":
    main()
