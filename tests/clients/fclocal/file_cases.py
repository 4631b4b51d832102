"""An s.yaml of each edition, in the shape of the public templates."""

import re


class FileCases:
    """What `fclocal start` says of it; that it serves what stands there the other cases show."""

    def __init__(self, *served):
        self._served = served

    def serves_every_function_of_the_file(self):
        for served in self._served:
            expected = re.findall(r"(?:functionName: \"|  name: |function: \{name: )(\w+)",
                                  (served.folder / "s.yaml").read_text())
            names = {name for name in expected if name != "parcels"}
            text = "".join(served.output)
            for name in names:
                assert "/functions/%s/invocations" % name in text, (name, text)
            assert len(names) == 7, names

    def says_only_of_what_has_no_meaning_here_that_it_has_no_effect(self):
        for served in self._served:
            named = {name.rsplit(".", 1)[-1] for line in served.output
                     if "without effect here: " in line
                     for name in line.split("without effect here: ")[1].strip().split(", ")}
            assert "description" in named, served.output
            assert named <= {"actions", "customDomains", "description", "diskSize",
                             "disableURLInternet"}, named
