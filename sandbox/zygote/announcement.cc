#include "sandbox/zygote/announcement.h"

#include "sandbox/wire/messages.h"

#include <sys/socket.h>
#include <unistd.h>

namespace openfc::sandbox {

void Announcement::Make() const {
  if (socket < 0) return;
  Notice notice;
  notice.kind = NoticeKind::kStarted;
  notice.id = run;
  notice.main = ::getpid();
  // A server that is gone has nobody to end the run for.
  (void)!::send(socket, &notice, sizeof(notice), MSG_NOSIGNAL);
}

}  // namespace openfc::sandbox
