"""Pictures of a study, one file a plot; each draws into the axes it is given, or makes its own."""
