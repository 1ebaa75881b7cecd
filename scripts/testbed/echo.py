# SPDX-License-Identifier: BSD-2-Clause
"""echo.py ADDRESS PORT: what comes by UDP or TCP goes back as it came."""
import asyncio
import sys


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def stream(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
    except OSError as error:
        print("echo:", error, file=sys.stderr)


async def main(address, port):
    await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, (address, port))
    server = await asyncio.start_server(stream, address, port)
    print("echo", flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
