# SPDX-License-Identifier: MIT
"""A full load and purchase against a 3DES card, by a program that shares no code with the project.

pyscard talks to the card; every session key, MAC and TAC is computed here, with `openssl` for the DES
block. The card has one known key for all purposes (`openpurse card create --suite 3des --card-key KEY`).
Usage: load_and_purchase.py KEY PIN. Prints the balance at the end, in minor units.
"""
import subprocess
import sys

from smartcard.System import readers

KEY = bytes.fromhex(sys.argv[1])
PIN = bytes.fromhex(sys.argv[2])
TERMINAL = bytes.fromhex("112233445566")
DATE_TIME = bytes.fromhex("20260203081530")
LOAD, PURCHASE = 0x02, 0x06


def des(key, data, mode):
    """Two-key triple DES; with an 8-byte key, single DES."""
    key24 = key * 3 if len(key) == 8 else key + key[:8]
    command = ["openssl", "enc", "-" + mode, "-nopad", "-K", key24.hex()]
    if mode.endswith("cbc"):
        command += ["-iv", "00" * 8]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def session_key(random, counter, tail):
    return des(KEY, random + counter + tail, "des-ede3")


def mac(key, data):
    padded = data + b"\x80"
    padded += bytes(-len(padded) % 8)
    return des(key, padded, "des-ede3-cbc")[-8:-4]


def expect(what, expected, got):
    if expected != got:
        sys.exit(f"{what}: expected {expected.hex()}, got {got.hex()}")


card = None
for reader in readers():
    try:
        card = reader.createConnection()
        card.connect()
        break
    except Exception:  # the other slot is empty
        card = None
if card is None:
    sys.exit("no card in any reader")


def send(what, apdu):
    data, sw1, sw2 = card.transmit(list(apdu))
    if (sw1, sw2) != (0x90, 0x00):
        sys.exit(f"{what}: expected 9000, got {sw1:02X}{sw2:02X}")
    return bytes(data)


send("SELECT", bytes.fromhex("00A4040009A0000000038698070100"))
send("VERIFY", bytes([0x00, 0x20, 0x00, 0x00, len(PIN)]) + PIN)

amount = (10000).to_bytes(4, "big")
init = send("INITIALIZE FOR LOAD", bytes.fromhex("805000020B01") + amount + TERMINAL + b"\x10")
balance, counter, random, mac1 = init[0:4], init[4:6], init[8:12], init[12:16]
key = session_key(random, counter, b"\x80\x00")
expect("MAC1 of load", mac(key, balance + amount + bytes([LOAD]) + TERMINAL), mac1)
mac2 = mac(key, amount + bytes([LOAD]) + TERMINAL + DATE_TIME)
tac = send("CREDIT FOR LOAD", bytes.fromhex("805200000B") + DATE_TIME + mac2 + b"\x04")
tac_key = bytes(left ^ right for left, right in zip(KEY[:8], KEY[8:]))
after = (int.from_bytes(balance, "big") + 10000).to_bytes(4, "big")
expect("TAC of load", mac(tac_key, after + counter + amount + bytes([LOAD]) + TERMINAL + DATE_TIME), tac)

amount = (1250).to_bytes(4, "big")
terminal_counter = (7).to_bytes(4, "big")
init = send("INITIALIZE FOR PURCHASE", bytes.fromhex("805001020B01") + amount + TERMINAL + b"\x0F")
counter, random = init[4:6], init[11:15]
key = session_key(random, counter, terminal_counter[2:])
order = amount + bytes([PURCHASE]) + TERMINAL
mac1 = mac(key, order + DATE_TIME)
reply = send(
    "DEBIT FOR PURCHASE",
    bytes.fromhex("805401000F") + terminal_counter + DATE_TIME + mac1 + b"\x08",
)
expect("TAC of purchase", mac(tac_key, order + terminal_counter + DATE_TIME), reply[0:4])
expect("MAC2 of purchase", mac(key, amount), reply[4:8])

print(int.from_bytes(send("GET BALANCE", bytes.fromhex("805C000204")), "big"))
