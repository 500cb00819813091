"""The examples' own tests run where an example is checked, not with this repository's."""

collect_ignore_glob = ["*"]
