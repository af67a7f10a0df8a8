"""The subcommands of `kickback`, one file each; heavy imports wait until a command runs."""
