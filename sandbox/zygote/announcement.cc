#include "sandbox/zygote/announcement.h"

#include "sandbox/wire/messages.h"

#include <sys/socket.h>

#include <cerrno>

namespace openfc::sandbox {

void Announcement::Make(pid_t main) const {
  if (socket < 0) return;
  Notice notice;
  notice.kind = NoticeKind::kStarted;
  notice.id = run;
  notice.main = main;
  // A server that is gone has nobody to end the run for.
  while (::send(socket, &notice, sizeof(notice), MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

}  // namespace openfc::sandbox
