# SPDX-License-Identifier: MIT
"""A full load and purchase, by a program that shares no code with the project.

pyscard talks to the card; every session key, MAC and TAC is computed here, with `openssl` for the DES
block and for AES-CMAC. The card has one known key for all purposes (`openpurse card create --card-key KEY`,
with `--suite 3des` or `--suite aes`).
Usage: load_and_purchase.py 3des|aes KEY PIN. Prints the balance at the end, in minor units.
"""
import subprocess
import sys

from smartcard.System import readers

SUITE = sys.argv[1]
KEY = bytes.fromhex(sys.argv[2])
PIN = bytes.fromhex(sys.argv[3])
TERMINAL = bytes.fromhex("112233445566")
DATE_TIME = bytes.fromhex("20260203081530")
NO_COUNTER = bytes(4)
LOAD, PURCHASE = b"\x02", b"\x06"


def openssl(*command, data):
    return subprocess.run(["openssl", *command], input=data, capture_output=True, check=True).stdout


class TripleDes:
    """PBOC: the session key is one block; MACs are DES-CBC over padded data, 4 bytes."""

    AID = "A00000000386980701"
    WIDTH = 4

    @staticmethod
    def des(key, data, mode):
        """Two-key triple DES; with an 8-byte key, single DES."""
        key24 = key * 3 if len(key) == 8 else key + key[:8]
        iv = ["-iv", "00" * 8] if mode.endswith("cbc") else []
        return openssl("enc", "-" + mode, "-nopad", "-K", key24.hex(), *iv, data=data)

    def session_key(self, label, random, counter, terminal_counter):
        tail = b"\x80\x00" if label == b"LOAD" else terminal_counter[2:]
        return self.des(KEY, random + counter + tail, "des-ede3")

    def mac(self, key, data):
        padded = data + b"\x80"
        padded += bytes(-len(padded) % 8)
        return self.des(key, padded, "des-ede3-cbc")[-8:-4]

    def load_tac(self, counter, amount, after, serial):
        return self.tac(after + counter + amount + LOAD + TERMINAL + DATE_TIME)

    def purchase_tac(self, counter, amount, after, terminal_counter, serial):
        return self.tac(amount + PURCHASE + TERMINAL + terminal_counter + DATE_TIME)

    def tac(self, data):
        return self.mac(bytes(left ^ right for left, right in zip(KEY[:8], KEY[8:])), data)

    def purchase_mac2_input(self, amount, after, counter_after):
        return amount


class Aes:
    """AES-CMAC cut to 8 bytes; the session key by SP 800-108 in counter mode."""

    AID = "F04F5055525345"
    WIDTH = 8

    @staticmethod
    def cmac(key, data):
        command = ("mac", "-cipher", "AES-128-CBC", "-macopt", "hexkey:" + key.hex(), "-in", "-", "-binary")
        return openssl(*command, "CMAC", data=data)

    def session_key(self, label, random, counter, terminal_counter):
        fixed = label + b"\x00" + random + counter + terminal_counter + b"\x00\x80"
        return self.cmac(KEY, b"\x01" + fixed)

    def mac(self, key, data):
        return self.cmac(key, data)[:8]

    def load_tac(self, counter, amount, after, serial):
        return self.tac(LOAD, counter, amount, after, NO_COUNTER, serial)

    def purchase_tac(self, counter, amount, after, terminal_counter, serial):
        return self.tac(PURCHASE, counter, amount, after, terminal_counter, serial)

    def tac(self, kind, counter, amount, after, terminal_counter, serial):
        data = kind + serial + counter + amount + after + TERMINAL + terminal_counter + DATE_TIME
        return self.mac(KEY, data)

    def purchase_mac2_input(self, amount, after, counter_after):
        return amount + after + counter_after


suite = {"3des": TripleDes, "aes": Aes}[SUITE]()
WIDTH = suite.WIDTH


def number(value, size=4):
    return value.to_bytes(size, "big")


def value(data):
    return int.from_bytes(data, "big")


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


def send(what, header, data=b"", le=None):
    apdu = bytes.fromhex(header)
    if data:
        apdu += bytes([len(data)]) + data
    if le is not None:
        apdu += bytes([le])
    reply, sw1, sw2 = card.transmit(list(apdu))
    if (sw1, sw2) != (0x90, 0x00):
        sys.exit(f"{what}: expected 9000, got {sw1:02X}{sw2:02X}")
    return bytes(reply)


send("SELECT", "00A40400", bytes.fromhex(suite.AID), 0)
serial = send("READ BINARY of EF15", "00B09500", le=30)[10:20]
send("VERIFY", "00200000", PIN)

amount = number(10000)
init = send("INITIALIZE FOR LOAD", "80500002", b"\x01" + amount + TERMINAL, 8 + 2 * WIDTH)
balance, counter = init[0:4], init[4:6]
random, mac1 = init[8 : 8 + WIDTH], init[8 + WIDTH : 8 + 2 * WIDTH]
key = suite.session_key(b"LOAD", random, counter, NO_COUNTER)
expect("MAC1 of load", suite.mac(key, balance + amount + LOAD + TERMINAL), mac1)
mac2 = suite.mac(key, amount + LOAD + TERMINAL + DATE_TIME)
tac = send("CREDIT FOR LOAD", "80520000", DATE_TIME + mac2, WIDTH)
after = number(value(balance) + 10000)
expect("TAC of load", suite.load_tac(counter, amount, after, serial), tac)

amount = number(1250)
terminal_counter = number(7)
init = send("INITIALIZE FOR PURCHASE", "80500102", b"\x01" + amount + TERMINAL, 11 + WIDTH)
balance, counter, random = init[0:4], init[4:6], init[11 : 11 + WIDTH]
expect("balance before the purchase", after, balance)
key = suite.session_key(b"PURCHASE", random, counter, terminal_counter)
mac1 = suite.mac(key, amount + PURCHASE + TERMINAL + DATE_TIME)
reply = send("DEBIT FOR PURCHASE", "80540100", terminal_counter + DATE_TIME + mac1, 2 * WIDTH)
after = number(value(balance) - 1250)
tac = suite.purchase_tac(counter, amount, after, terminal_counter, serial)
expect("TAC of purchase", tac, reply[:WIDTH])
mac2 = suite.purchase_mac2_input(amount, after, number(value(counter) + 1, 2))
expect("MAC2 of purchase", suite.mac(key, mac2), reply[WIDTH:])

print(value(send("GET BALANCE", "805C0002", le=4)))
