/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layers by name. Field names are the words of the case language, of
 * shimdump -v and of reports, so they are part of the interface.
 */
#ifndef WIRE_LAYERS_H
#define WIRE_LAYERS_H

#include "wire/layer.h"

/* wire/layers_ip.c */
extern const struct wire_layer layer_ipv6;     /* version traffic_class flow_label payload_len
                                                * next_header hop_limit src dst */
extern const struct wire_layer layer_hop;      /* next_header hdr_ext_len options */
extern const struct wire_layer layer_dst;      /* next_header hdr_ext_len options */
extern const struct wire_layer layer_routing;  /* next_header hdr_ext_len type segments_left data */
extern const struct wire_layer layer_fragment; /* next_header reserved offset reserved2 more id */
extern const struct wire_layer layer_ah;       /* next_header payload_len reserved spi seq icv */
extern const struct wire_layer layer_udp;      /* src dst len checksum */
extern const struct wire_layer layer_tcp;      /* src dst seq ack data_offset reserved flags window
                                                * checksum urgent options */
extern const struct wire_layer layer_icmp6;    /* type code checksum */
extern const struct wire_layer layer_echo;     /* ICMPv6 128 and 129: type code checksum id seq */
extern const struct wire_layer layer_data;     /* octets */

/* wire/layers_shim6.c. Every control message starts with: next_header
 * hdr_ext_len p type reserved1 s checksum; below is what follows. */
extern const struct wire_layer layer_payload;        /* next_header hdr_ext_len p tag */
extern const struct wire_layer layer_i1;             /* r init_tag init_nonce */
extern const struct wire_layer layer_r1;             /* reserved2 init_nonce resp_nonce */
extern const struct wire_layer layer_i2;             /* r init_tag init_nonce resp_nonce
                                                      * reserved2 */
extern const struct wire_layer layer_r2;             /* r resp_tag init_nonce */
extern const struct wire_layer layer_r1bis;          /* r packet_tag resp_nonce */
extern const struct wire_layer layer_i2bis;          /* r init_tag init_nonce resp_nonce
                                                      * reserved2 packet_tag */
extern const struct wire_layer layer_update_request; /* r receiver_tag request_nonce */
extern const struct wire_layer layer_update_ack;     /* r receiver_tag request_nonce */
extern const struct wire_layer layer_keepalive;      /* r receiver_tag reserved2 */
extern const struct wire_layer layer_probe;          /* r receiver_tag received_count sent_count
                                                      * state reserved2 reports */
extern const struct wire_layer layer_error;          /* code (for reserved1) pointer packet */
extern const struct wire_layer layer_control;        /* a type that nobody knows: body */

/* Every option starts with: type critical len. Where Length takes in more than
 * the figure has places for, or a Locator List contradicts itself, that is a rest. */
extern const struct wire_layer layer_validator;         /* octets */
extern const struct wire_layer layer_locator_list;      /* generation count methods locators
                                                         * rest */
extern const struct wire_layer layer_preferences;       /* generation element_len elements */
extern const struct wire_layer layer_pds;               /* octets */
extern const struct wire_layer layer_signature;         /* octets */
extern const struct wire_layer layer_ulid_pair;         /* reserved sender receiver rest */
extern const struct wire_layer layer_fii;               /* fii rest */
extern const struct wire_layer layer_keepalive_timeout; /* reserved timeout rest */
extern const struct wire_layer layer_option;            /* a type that nobody knows: octets */

#endif
