"""The owner's pages: everything that the sandbox holds, and what can be done with it by mouse."""
