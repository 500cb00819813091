"""OCDS 1.1: what Licita publishes and takes in. No network, clock or database; the same input gives the same bytes everywhere.

Coming in
    reading   bytes -> document, strictly            values    single values: text, code, time, amount
    taken     the fields of a tender that are taken  process   release, package or record -> the release to take
    terms     the terms that follow                  intake    all of it: canonical tender and terms, or every fault at once
    enquiry   questions and answers                  samples   real tenders, reduced, with what makes them tenders of today
Going out
    content   is the JSON of an event what it should be?       patch     merge patches, differences, dropped ids
    release   events of a block -> release                     checks    what a release must be before it is stored
    bids      what is withheld of bids until the opening       offer     the documents of an opened bid
    record    releases -> record and packages                  profile   the patched schema   publication   who publishes
    tables  compiled releases as CSV                flags     what in them is a reason to look
"""
