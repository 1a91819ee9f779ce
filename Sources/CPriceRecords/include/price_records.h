#ifndef FURLONG_PRICE_RECORDS_H
#define FURLONG_PRICE_RECORDS_H
#include <stddef.h>

/// The bundled price records: JSON of the package genai-prices 0.2.3 (MIT, see LICENSE-genai-prices).
/// Compiled in, so that the binary can be copied without a resource folder beside it.
const unsigned char *_Nonnull furlong_price_records(size_t *_Nonnull size);

/// What they lack, in the same form, made by scripts/make-price-overlay of LiteLLM 1.109.1 (MIT, see LICENSE-LiteLLM).
const unsigned char *_Nonnull furlong_price_overlay(size_t *_Nonnull size);

#endif
