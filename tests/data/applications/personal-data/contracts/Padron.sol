// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Padron {
    struct Persona {
        string nombre;
        bytes32 curpHash;
        uint40 fechaNacimiento;
        string homeAddress;
        address account;
        uint256 percentage;
    }

    /// @notice Somebody was registered.
    event Registered(bytes32 indexed id, string email);

    mapping(address account => string) private _phones;
    mapping(address account => Persona) private _personas;
    string private _tokenName;

    function register(bytes32 id, string calldata fullName, uint8 age, string calldata email) external {
        Persona storage persona = _personas[msg.sender];
        persona.nombre = fullName;
        persona.percentage = age;
        _phones[msg.sender] = "";
        _tokenName = "name";
        emit Registered(id, email);
    }
}
