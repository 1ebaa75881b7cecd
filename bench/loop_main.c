/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop FILE: what libpcap alone needs to hand out every packet of a capture, as
 * in its manual. Everything that reads through libpcap takes at least this long.
 */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	unsigned long long packets = 0, octets = 0;
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *pcap;
	int rc;

	if (argc != 2) {
		fputs("usage: loop FILE\n", stderr);
		return 2;
	}
	pcap = pcap_open_offline(argv[1], error);
	if (!pcap) {
		fprintf(stderr, "loop: %s\n", error);
		return 1;
	}
	while ((rc = pcap_next_ex(pcap, &header, &data)) == 1) {
		packets++;
		octets += header->caplen;
	}
	if (rc != PCAP_ERROR_BREAK)
		fprintf(stderr, "loop: %s: %s\n", argv[1], pcap_geterr(pcap));
	pcap_close(pcap);
	printf("%llu packets, %llu octets\n", packets, octets);
	return rc == PCAP_ERROR_BREAK ? 0 : 1;
}
