"""`python -m tokenroi_cli` is the command `tokenroi`."""

from tokenroi_cli.cli.main import main

if __name__ == "__main__":
    main()
