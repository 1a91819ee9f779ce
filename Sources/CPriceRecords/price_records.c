#include "price_records.h"

// The project is built by the toolchain's own clang, which has had #embed since version 19.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char records[] = {
#embed "prices.json"
};

static const unsigned char overlay[] = {
#embed "overlay.json"
};

const unsigned char *furlong_price_records(size_t *size) {
  *size = sizeof records;
  return records;
}

const unsigned char *furlong_price_overlay(size_t *size) {
  *size = sizeof overlay;
  return overlay;
}
