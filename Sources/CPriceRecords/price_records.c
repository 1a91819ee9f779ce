#include "price_records.h"

// The project is built by the toolchain's own clang, which has had #embed since version 19.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char records[] = {
#embed "prices.json"
};

const unsigned char *furlong_price_records(size_t *size) {
  *size = sizeof records;
  return records;
}
