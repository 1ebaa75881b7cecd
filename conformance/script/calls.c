/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of the case language: POSIX's, then the runner's own words. */
#include "conformance/script/calls.h"

#include <string.h>

#define S        { ARG_SOCKET, "s", false }
#define FLAGS    { ARG_FLAGS, "flags", true }
#define DATA     { ARG_DATA, "data", false }
#define ADDRESS  { ARG_ADDRESS, "address", false }
#define LEN      { ARG_LENGTH, "len", false }
#define LEVEL    { ARG_LEVEL, "level", false }
#define OPTION   { ARG_OPTION, "option", false }
#define VALUE    { ARG_VALUE, "value", false }
#define LOCATOR  { ARG_LOCATOR, "locator", false }
#define LINK     { ARG_LINK, "link", false }
#define PEERS    { ARG_PEER_LOCATOR, "locator", false }
#define PLAYS    { ARG_PLAYS, "updates, probes, forks, recovery", true }
#define SENT     { ARG_SENT_MESSAGE, "message", false }
#define ROOM     { ARG_MESSAGE_ROOM, "message", false }
#define FAMILY   { ARG_FAMILY, "domain", false }
#define TYPE     { ARG_SOCKTYPE, "type", false }
#define PROTOCOL { ARG_PROTOCOL, "protocol", false }
#define EVENTS   { ARG_EVENTS, "events", false }
#define KIND     { ARG_TRANSPORT, "transport", false }
#define SAMPLE   { ARG_SAMPLE, "name", false }
#define LOCATORS { ARG_LOCATORS, "locators", true }
#define STATE    { ARG_STATE, "state", false }
#define BACKLOG  { ARG_BACKLOG, "backlog", false }
#define HOW      { ARG_HOW, "how", false }
#define POINTER  { ARG_POINTER, "pointer", true }

const struct call_shape call_shapes[] = {
	{ "socket",      CALL_SOCKET,      { FAMILY, TYPE, PROTOCOL },  OUT_NOTHING, MAKES_SOCKET },
	{ "bind",        CALL_BIND,        { S, ADDRESS },              OUT_NOTHING, 0 },
	{ "connect",     CALL_CONNECT,     { S, ADDRESS },              OUT_NOTHING, 0 },
	{ "listen",      CALL_LISTEN,      { S, BACKLOG },              OUT_NOTHING, 0 },
	{ "accept",      CALL_ACCEPT,      { S },                       OUT_ADDRESS, MAKES_SOCKET },
	{ "shutdown",    CALL_SHUTDOWN,    { S, HOW },                  OUT_NOTHING, 0 },
	{ "send",        CALL_SEND,        { S, DATA, FLAGS },          OUT_NOTHING, 0 },
	{ "sendto",      CALL_SENDTO,      { S, DATA, FLAGS, ADDRESS }, OUT_NOTHING, 0 },
	{ "sendmsg",     CALL_SENDMSG,     { S, SENT, FLAGS },          OUT_NOTHING, 0 },
	{ "recv",        CALL_RECV,        { S, LEN, FLAGS },           OUT_DATA,    0 },
	{ "recvmsg",     CALL_RECVMSG,     { S, ROOM, FLAGS },          OUT_MESSAGE, 0 },
	{ "getsockname", CALL_GETSOCKNAME, { S },                       OUT_ADDRESS, 0 },
	{ "getpeername", CALL_GETPEERNAME, { S },                       OUT_ADDRESS, 0 },
	{ "getsockopt",  CALL_GETSOCKOPT,  { S, LEVEL, OPTION, POINTER }, OUT_VALUE, TAKES_OPTLEN },
	{ "setsockopt",  CALL_SETSOCKOPT,  { S, LEVEL, OPTION, VALUE }, OUT_NOTHING, TAKES_OPTLEN },
	{ "poll",        CALL_POLL,        { S, EVENTS },               OUT_NOTHING, 0 },
	{ "close",       CALL_CLOSE,       { S },                       OUT_NOTHING, 0 },

	{ "open",         CALL_OPEN,         { KIND, STATE }, OUT_NOTHING, MAKES_SOCKET },
	{ "establish",    CALL_ESTABLISH,    { S },           OUT_NOTHING, MAKES_CONTEXT },
	{ "answer",       CALL_ANSWER,       { S },           OUT_NOTHING,
	  MAKES_CONTEXT | MAKES_FORK },
	{ "address_down", CALL_ADDRESS_DOWN, { LOCATOR },     OUT_NOTHING, 0 },
	{ "address_up",   CALL_ADDRESS_UP,   { LOCATOR },     OUT_NOTHING, 0 },
	{ "link_down",    CALL_LINK_DOWN,    { LINK },        OUT_NOTHING, 0 },
	{ "link_up",      CALL_LINK_UP,      { LINK },        OUT_NOTHING, 0 },
	{ "drain",        CALL_DRAIN,        { { 0 } },       OUT_NOTHING, 0 },
	{ "peer",         CALL_PEER,         { PLAYS },       OUT_NOTHING, MAKES_FORK },
	{ "peer_down",    CALL_PEER_DOWN,    { PEERS },       OUT_NOTHING, 0 },
	{ "peer_up",      CALL_PEER_UP,      { PEERS },       OUT_NOTHING, 0 },
	{ "fork",         CALL_FORK,         { S },           OUT_NOTHING, MAKES_FORK },
	{ "forget",       CALL_FORGET,       { { 0 } },       OUT_NOTHING, 0 },
	{ "sample",       CALL_SAMPLE,       { SAMPLE, S, LOCATORS }, OUT_VALUE, 0 },
	{ 0 },
};

const struct call_shape *call_named(const char *name)
{
	for (const struct call_shape *c = call_shapes; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
