// A function on the public Go SDK, as its users write one: nothing here knows of openfc.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

type order struct {
	Key  string `json:"key"`
	Fail bool   `json:"fail"`
}

func handle(ctx context.Context, event order) (string, error) {
	if event.Fail {
		return "", errors.New("asked to fail")
	}
	fctx, _ := fccontext.FromContext(ctx)
	fctx.GetLogger().Infof("handling %s", event.Key)
	return fmt.Sprintf("%s for %s", event.Key, fctx.Function.Name), nil
}

func main() {
	fc.Start(handle)
}
