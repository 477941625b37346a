"""ATT&CK coverage of detection rules: the core of the dashboard and of the command line."""
