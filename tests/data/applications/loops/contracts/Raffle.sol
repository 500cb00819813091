// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

abstract contract Walking {
    function _walk() internal view virtual returns (uint256);
}

contract Raffle is Walking {
    uint256[] private _tickets;
    uint256 private _count;

    function buy(uint256 ticket) external {
        _tickets.push(ticket);
        ++_count;
    }

    function all() external view returns (uint256) {
        return _walk();
    }

    function _walk() internal view override returns (uint256 sum) {
        uint256 length = _tickets.length;
        for (uint256 i; i < length; ++i) {
            sum += _tickets[i];
        }
    }

    function some(uint256[] calldata which) external view returns (uint256 sum) {
        for (uint256 i; i < which.length; ++i) {
            sum += _tickets[which[i]];
        }
    }

    function down(uint256 steps) external pure returns (uint256 sum) {
        while (steps > 0) {
            --steps;
            sum += 1;
        }
    }

    function stored() external view returns (uint256 sum) {
        for (uint256 i; i < _count; ++i) {
            sum += i;
        }
    }

    function either(uint256 n) external pure returns (uint256 sum) {
        uint256 i;
        while (i < 10 || i < n) {
            sum += ++i;
        }
    }

    function forever() external pure {
        for (;;) {
            break;
        }
    }

    function misguarded(uint256 n) external pure returns (uint256 sum) {
        require(n >= 10, "at least ten");
        for (uint256 i; i < n; ++i) {
            sum += i;
        }
    }

    function unreached(uint256 n) private pure returns (uint256 sum) {
        for (uint256 i; i < n; ++i) {
            sum += i;
        }
    }

    function tupled() external view returns (uint256 sum) {
        (uint256 n, ) = _pair();
        for (uint256 i; i < n; ++i) {
            sum += i;
        }
    }

    function _pair() private view returns (uint256, uint256) {
        return (_count, 0);
    }
}
