"""Work for the pages: jobs, the processes that do them, and the results that are kept."""
