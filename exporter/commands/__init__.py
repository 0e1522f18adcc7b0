"""Arguments of one subcommand in, its output and exit status out: one file a command."""
