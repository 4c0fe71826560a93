#!/usr/bin/env python3
"""Makes src/Game/Player/name-folding.txt, by which names are compared, from Unicode's own files:

    name-folding.py UnicodeData.txt DerivedNormalizationProps.txt confusables.txt > src/Game/Player/name-folding.txt

The first two are of https://www.unicode.org/Public/UCD/latest/ucd/, the third of
https://www.unicode.org/Public/security/latest/. A line is a letter that names may have, what its case and compatibility
folding is (NFKC_Casefold), and what it looks like (the skeleton of UTS #39, case-folded). Letters that both leave as
they are, but for case, have no line. Normalisation and case folding of a letter never change once it is assigned
(https://www.unicode.org/policies/stability_policy.html), so that files of different versions fit together.
"""
import sys
import unicodedata

# As in PlayerNames.cs: each letter is one UTF-16 code unit. Hangul syllables are left out: no two of them, and hardly
# any other letters, look the same.
RANGES = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x52F),
          (0x3041, 0x3096), (0x30A1, 0x30FC), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)]


def text(codes):
    return "".join(chr(int(code, 16)) for code in codes.split())


def lines(path):
    with open(path, encoding="utf-8-sig") as file:
        for line in file:
            if fields := [field.strip() for field in line.split("#")[0].split(";")]:
                if fields[0]:
                    yield fields


def version(path):
    with open(path, encoding="utf-8-sig") as file:
        head = [next(file) for _ in range(10)]
    return next(part.strip() for line in head for part in [line.replace("# Version:", "-").replace(".txt", "")]
                if "-" in part and any(c.isdigit() for c in part) and "Date" not in part).split("-")[-1].strip()


def main(unicode_data, normalization, confusables):
    letters = {int(f[0], 16) for f in lines(unicode_data) if f[2][0] == "L"}
    casefold = {}
    for fields in lines(normalization):
        if len(fields) > 1 and fields[1] == "NFKC_CF":
            first, _, last = fields[0].partition("..")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                casefold[chr(code)] = text(fields[2]) if len(fields) > 2 else ""
    prototypes = {text(f[0]): text(f[1]) for f in lines(confusables)}

    def fold(s):
        while True:
            folded = unicodedata.normalize("NFC", "".join(casefold.get(c, c) for c in s))
            if folded == s:
                return s
            s = folded

    def looks(s):
        # A skeleton is of decomposed text; prototypes may have prototypes after case folding.
        for _ in range(8):
            decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", s))
            before, s = s, unicodedata.normalize("NFD", "".join(prototypes.get(c, c) for c in decomposed))
            if s == before:
                break
        return fold(s)

    print(f"# Made by tools/name-folding.py of confusables.txt {version(confusables)} and NFKC_Casefold"
          f" {version(normalization)}.")
    print("# Data files (c) Unicode, Inc., see https://www.unicode.org/license.txt.")
    print("# letter ; case and compatibility folding ; what it looks like, case-folded")
    for first, last in RANGES:
        for code in range(first, last + 1):
            c = chr(code)
            if code > 0x7F and code not in letters and not 0x3400 <= code <= 0x9FFF:
                continue
            folded, look = fold(c), looks(c)
            if (folded, look) != (c.lower(), c.lower()):
                print(" ; ".join([f"{code:04X}"] + [" ".join(f"{ord(x):04X}" for x in s) for s in (folded, look)]))


main(*sys.argv[1:])
