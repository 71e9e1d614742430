"""`python -m liftwarden.doors.cli`."""

from liftwarden.doors.cli.main import main

main()
