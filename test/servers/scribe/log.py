"""Logs so many messages by the real client of Scribe, in calls of a hundred, each again until it is taken: log.py PORT COUNT MODE."""
import sys
import time

from scribe import scribe
from thrift.protocol import TBinaryProtocol
from thrift.transport import TSocket, TTransport

port, count, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
client = None


def connect():
    transport = TTransport.TFramedTransport(TSocket.TSocket("127.0.0.1", port))
    protocol = TBinaryProtocol.TBinaryProtocol(
        transport, strictRead=mode == "strict", strictWrite=mode == "strict"
    )
    transport.open()
    return scribe.Client(protocol)


for start in range(0, count, 100):
    messages = [
        scribe.LogEntry(category="numbers", message="%d\n" % n)
        for n in range(start, min(start + 100, count))
    ]
    while True:
        try:
            client = client or connect()
            if client.Log(messages) == scribe.ResultCode.OK:
                break
        except (TTransport.TTransportException, OSError):
            client = None
        time.sleep(0.05)
    if mode == "slow":
        time.sleep(0.05)
