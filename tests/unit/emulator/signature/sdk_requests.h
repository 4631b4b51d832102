#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// A request as a published client signed and sent it, with its clock at 3:04:05 on 29 November
/// 2026 and the key test-id, test-secret; what the client's HTTP library adds later is left out.
struct SdkRequest {
  std::string_view name;
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
};

/// Of aliyun-fc2 2.5.2, alibabacloud_fc20230330 4.8.3 (alibabacloud_tea_openapi 0.4.6),
/// alibabacloud_gateway_fc_util 0.0.5 (Python) and @alicloud/fc2 2.6.6 (Node.js).
inline const std::vector<SdkRequest> kSdkRequests = {
    {.name = "PythonFc2Invoke",
     .method = "POST",
     .target = "/2016-08-15/services/demo.prod/functions/hello/invocations",
     .headers = {{"user-agent", "aliyun-fc-sdk-v2.5.2.python-3.11.7.Linux-6.18.44-fc-v857-x86_64"},
                 {"Accept", "*/*"},
                 {"host", "127.0.0.1:18080"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"content-type", "application/json"},
                 {"x-fc-invocation-type", "Async"},
                 {"X-Fc-Trace-Id", "t-1"},
                 {"authorization", "FC test-id:xvOsvQJH3DvkWSJXVffOgqT9WaU+gKll7vI00NpNjPE="}},
     .body = "{\"k\": 1}"},
    {.name = "PythonFc2Proxy",
     .method = "GET",
     .target = "/2016-08-15/proxy/demo/hello/a%20b/c?z=1&b=2+x&b=1%2B1&u=%C3%A9%26%3D",
     .headers = {{"user-agent", "aliyun-fc-sdk-v2.5.2.python-3.11.7.Linux-6.18.44-fc-v857-x86_64"},
                 {"Accept", "*/*"},
                 {"host", "127.0.0.1:18080"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"content-type", "application/json"},
                 {"x-fc-log-type", "Tail"},
                 {"authorization", "FC test-id:wtxLEnX7/giSlYAAeWnC46VY+UkSAEFMShlXH0r/GVo="}},
     .body = ""},
    {.name = "PythonFc2ProxyPost",
     .method = "POST",
     .target = "/2016-08-15/proxy/demo/hello/",
     .headers = {{"user-agent", "aliyun-fc-sdk-v2.5.2.python-3.11.7.Linux-6.18.44-fc-v857-x86_64"},
                 {"Accept", "*/*"},
                 {"host", "127.0.0.1:18080"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"content-type", "application/json"},
                 {"authorization", "FC test-id:HMkSTbO12cem32m45tYYa/+IEIosYNMwZOLmuhCFbnI="}},
     .body = "raw"},
    {.name = "PythonFc2Token",
     .method = "POST",
     .target = "/2016-08-15/services/demo/functions/hello/invocations",
     .headers = {{"user-agent", "aliyun-fc-sdk-v2.5.2.python-3.11.7.Linux-6.18.44-fc-v857-x86_64"},
                 {"Accept", "*/*"},
                 {"host", "127.0.0.1:18080"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"content-type", "application/json"},
                 {"x-fc-security-token", "sts-token"},
                 {"authorization", "FC test-id:WdOykwwxftLM3hqkPxSj9MykHCKVvLkZjmAcJBYMdZE="}},
     .body = ""},
    {.name = "Fc3Invoke",
     .method = "POST",
     .target = "/2023-03-30/functions/hello/invocations?qualifier=LATEST",
     .headers = {{"host", "127.0.0.1:18080"},
                 {"x-acs-version", "2023-03-30"},
                 {"x-acs-action", "InvokeFunction"},
                 {"user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"},
                 {"x-acs-date", "2026-11-29T03:04:05Z"},
                 {"x-acs-signature-nonce", "nonce-1"},
                 {"accept", "application/json"},
                 {"x-fc-async-task-id", "task_1"},
                 {"x-fc-invocation-type", "Async"},
                 {"content-type", "application/octet-stream"},
                 {"x-acs-content-sha256",
                  "4514a0c66d60ecfeb7170caceddfb3d012a7ede1afea4863ba8bcc490ccf63b8"},
                 {"x-acs-credentials-provider", "static_ak"},
                 {"Authorization",
                  "ACS3-HMAC-SHA256 "
                  "Credential=test-id,SignedHeaders=accept;content-type;host;user-agent;x-acs-"
                  "action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-"
                  "signature-nonce;x-acs-version;x-fc-async-task-id;x-fc-invocation-type,Signature="
                  "f96981b21672d12891343bc2a39ccca5e37403746c8fc06573bbc21e1ea2bb37"}},
     .body = "{\"k\": 1}"},
    {.name = "Fc3Quoting",
     .method = "POST",
     .target = "/2023-03-30/functions/h%C3%A9%20llo%2A~/invocations?qualifier=a+b%2Bc%2A~%2F%C3%A9",
     .headers = {{"host", "127.0.0.1:18080"},
                 {"x-acs-version", "2023-03-30"},
                 {"x-acs-action", "InvokeFunction"},
                 {"user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"},
                 {"x-acs-date", "2026-11-29T03:04:05Z"},
                 {"x-acs-signature-nonce", "nonce-1"},
                 {"accept", "application/json"},
                 {"x-acs-content-sha256",
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                 {"x-acs-credentials-provider", "static_sts"},
                 {"x-acs-accesskey-id", "test-id"},
                 {"x-acs-security-token", "sts-token"},
                 {"Authorization",
                  "ACS3-HMAC-SHA256 "
                  "Credential=test-id,SignedHeaders=accept;host;user-agent;x-acs-accesskey-id;x-"
                  "acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-"
                  "security-token;x-acs-signature-nonce;x-acs-version,Signature="
                  "7b73830f23029b41e5ca380088d90f31490d2f0bd6b7d4ebd10e3def22fc8b05"}},
     .body = ""},
    {.name = "HttpTrigger",
     .method = "PUT",
     .target = "/some%20path?a=1&b=%C3%A9",
     .headers = {{"Host", "127.0.0.1:18080"},
                 {"User-Agent", "python-requests/2.34.2"},
                 {"Accept", "*/*"},
                 {"x-fc-x", "y"},
                 {"content-type", "text/plain"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"authorization", "FC test-id:JaleEF+in3+r5C6knNs6Qrf6Bu7hw3wdQRTk4g7twzY="}},
     .body = "x"},
    {.name = "NodeInvoke",
     .method = "POST",
     .target = "/2016-08-15/services/demo.prod/functions/hello/invocations",
     .headers = {{"accept", "application/json"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"host", "127.0.0.1"},
                 {"user-agent", "Node.js(v20.20.2) OS(linux/x64) SDK(@alicloud/fc2@v2.6.6)"},
                 {"x-fc-account-id", "1234"},
                 {"X-Fc-Invocation-Type", "Sync"},
                 {"content-type", "application/octet-stream"},
                 {"content-md5", "MzY5YTY1ZmZhMzgwYWY0ZTdkMzFiNWJkNjc3ZWI1OTc="},
                 {"authorization", "FC test-id:xskrnVIyzejfqdNQ9xXi9GX4GEWju6IhEc2BjX80urc="}},
     .body = "{\"k\": 1}"},
    {.name = "NodeProxy",
     .method = "POST",
     .target = "/2016-08-15/proxy/demo/hello/a/b?z=1&b=2%20x&b=1",
     .headers = {{"accept", "application/json"},
                 {"date", "Sun, 29 Nov 2026 03:04:05 GMT"},
                 {"host", "127.0.0.1"},
                 {"user-agent", "Node.js(v20.20.2) OS(linux/x64) SDK(@alicloud/fc2@v2.6.6)"},
                 {"x-fc-account-id", "1234"},
                 {"content-type", "application/octet-stream"},
                 {"content-md5", "OGQ3NzdmMzg1ZDNkZmVjODgxNWQyMGY3NDk2MDI2ZGM="},
                 {"authorization", "FC test-id:928MJ3j1Og9u1DHiUyBUcGPmAS/fa1Hkg7XN+nXvf+Q="}},
     .body = "data"},
};

}  // namespace openfc::emulator
