from bundlewrap.items import Item


class Check(Item):
    """
    Something that a command can tell, and perhaps another can mend. An action with `unless` would do for `bw apply`, but
    `bw verify` does not count it as bad where the command fails.
    """

    BUNDLE_ATTRIBUTE_NAME = "checks"
    ITEM_TYPE_NAME = "check"
    ITEM_ATTRIBUTES = {"test": None, "mend": None}
    REQUIRED_ATTRIBUTES = ["test"]

    def __repr__(self):
        return f"<Check {self.name}>"

    @property
    def expected_state(self):
        return {"holds": True}

    @property
    def actual_state(self):
        return {"holds": self.run(self.attributes["test"], may_fail=True).return_code == 0}

    def fix(self, status):
        if self.attributes["mend"] is not None:
            self.run(self.attributes["mend"], may_fail=True)
