/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a folder, in the order of their names, and their fingerprint. */
#include "reports/files.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole file, with a NUL behind it that `len` doesn't count. */
static int slurp(FILE *in, char **octets, size_t *len)
{
	FILE *out = open_memstream(octets, len);
	char chunk[4096];
	size_t n;
	int err;

	if (!out)
		return -ENOMEM;
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		fwrite(chunk, 1, n, out);
	err = ferror(in) ? -EIO : 0;
	if (fclose(out) && !err)
		err = -ENOMEM;
	if (err)
		free(*octets);
	return err;
}

static int read_one(struct file *out, const char *folder, const char *name)
{
	struct file file = { 0 };
	FILE *in;
	int err;

	if (asprintf(&file.path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	in = fopen(file.path, "rb");
	err = in ? slurp(in, &file.octets, &file.len) : -errno;
	if (in)
		fclose(in);
	if (err) {
		free(file.path);
		return err;
	}
	*out = file;
	return 0;
}

static int append(struct files *f, const char *folder, const char *name)
{
	struct file *files = realloc(f->files, (f->count + 1) * sizeof(*files));
	int err;

	if (!files)
		return -ENOMEM;
	f->files = files;
	err = read_one(&files[f->count], folder, name);
	if (!err)
		f->count++;
	return err;
}

/* As octets, in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int files_read(struct files *f, const char *folder, const char *glob)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, by_name);
	int err = count < 0 ? -errno : -ENOENT;

	for (int i = 0; i < count; i++) {
		if (!fnmatch(glob, entries[i]->d_name, FNM_PERIOD) && (!err || err == -ENOENT))
			err = append(f, folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return err;
}

void files_free(struct files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->files[i].path);
		free(f->files[i].octets);
	}
	free(f->files);
	*f = (struct files){ 0 };
}

static char *to_hex(const unsigned char *octets, size_t len)
{
	char *hex = malloc(2 * len + 1);

	for (size_t i = 0; hex && i < len; i++)
		sprintf(hex + 2 * i, "%02x", octets[i]);
	return hex;
}

int files_digest(const struct files *f, char **hex)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	char *text = NULL;
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	for (size_t i = 0; ok && i < f->count; i++) {
		const char *slash = strrchr(f->files[i].path, '/');
		const char *name = slash ? slash + 1 : f->files[i].path;

		ok = EVP_DigestUpdate(ctx, name, strlen(name) + 1) &&
		     EVP_DigestUpdate(ctx, f->files[i].octets, f->files[i].len);
	}
	if (ok && EVP_DigestFinal_ex(ctx, digest, &len))
		text = to_hex(digest, len);
	EVP_MD_CTX_free(ctx);
	if (!text)
		return -ENOMEM;
	*hex = text;
	return 0;
}
