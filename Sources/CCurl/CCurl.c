#include "CCurl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

int ccurl_open_socket(void *full, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  int file = socket(address->family, address->socktype, address->protocol);
  if (file < 0) {
    if (errno == EMFILE || errno == ENFILE) *(int *)full = 1;
    return CURL_SOCKET_BAD;
  }
  fcntl(file, F_SETFD, FD_CLOEXEC);
  return file;
}
