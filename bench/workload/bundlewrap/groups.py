groups = {"synapse": {"bundles": {"synapse"}, "os": "debian", "os_version": (12,)}}
