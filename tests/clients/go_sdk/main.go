// A function on the public Go SDK, as its users write one: nothing here knows of openfc.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

type order struct {
	Key  string `json:"key"`
	Fail bool   `json:"fail"`
	Exit int    `json:"exit"`
	Hang bool   `json:"hang"`
}

func handle(ctx context.Context, event order) (string, error) {
	if event.Fail {
		return "", errors.New("asked to fail")
	}
	if event.Exit != 0 {
		os.Exit(event.Exit)
	}
	if event.Hang {
		time.Sleep(time.Hour)
	}
	fctx, _ := fccontext.FromContext(ctx)
	fctx.GetLogger().Infof("handling %s", event.Key)
	return fmt.Sprintf("%s for %s", event.Key, fctx.Function.Name), nil
}

func main() {
	fc.Start(handle)
}
