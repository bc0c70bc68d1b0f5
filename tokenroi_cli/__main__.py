"""The command `tokenroi`, and `python -m tokenroi_cli`."""


def main() -> None:
    """Runs the command line. Ctrl-C while it is still being imported leaves quietly, too."""
    try:
        from tokenroi_cli.cli.main import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()


if __name__ == "__main__":
    main()
