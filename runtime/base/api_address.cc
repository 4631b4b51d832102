#include "runtime/base/api_address.h"

namespace openfc {

std::string ApiAddress::Authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace openfc
