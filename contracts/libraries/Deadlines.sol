// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Ends of periods, lengthened by the outages that fell into them
/// @notice An outage is a time in which the network stood still: it is told by its silence, whatever the reason. It lengthens an end by what it
/// took of the last `GUARD` before it, and leaves at least `GRACE` after it. Ends stay in order: a later base has no earlier end.
library Deadlines {
    /// @notice Only what falls into the last day before an end lengthens it.
    uint256 internal constant GUARD = 1 days;
    /// @notice What is left after an outage at least.
    uint256 internal constant GRACE = 1 hours;
    /// @notice Outages that lengthen one end at most.
    uint256 internal constant MOST = 32;

    /// @notice An outage, unix seconds; disjoint, in order of time.
    struct Outage {
        uint40 start;
        uint40 end;
    }

    /// @notice The end of a period: `base` plus the outages that fell into it. @param running The last silence, if it is one; else empty.
    /// @param since What of an outage was before that does not count. @param until Nor what is from then on.
    function endOf(
        Outage[] storage outages,
        Outage memory running,
        uint256 base,
        uint256 since,
        uint256 until
    ) internal view returns (uint256 x) {
        x = base;
        uint256 count = outages.length;
        uint256 total = running.end == 0 ? count : count + 1;
        uint256 first = _firstAfter(outages, count, _most(base < GUARD ? 0 : base - GUARD, since));
        for (uint256 i = first; i < total && i < first + MOST; ++i) {
            Outage memory each = i == count ? running : outages[i];
            (uint256 start, uint256 end) = (_most(each.start, since), _least(each.end, until));
            if (start >= x || start >= until) break;
            uint256 from = x < GUARD ? 0 : x - GUARD;
            if (end <= from) continue;
            uint256 lost = _least(x, end) - _most(start, from);
            x = _most(_most(x, end) + lost, end + GRACE);
        }
    }

    // Place of the first outage that ended after a time.
    function _firstAfter(Outage[] storage outages, uint256 count, uint256 time) private view returns (uint256 low) {
        uint256 high = count;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (outages[middle].end > time) high = middle;
            else low = middle + 1;
        }
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _most(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
