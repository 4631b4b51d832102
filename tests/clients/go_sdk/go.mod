module openfc.example/go_sdk

go 1.19

require github.com/aliyun/fc-runtime-go-sdk v0.2.11
