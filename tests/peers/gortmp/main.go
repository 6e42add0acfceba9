// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// The other end of an RTMP connection, for tests: a publisher, a player and a media server that are
// made with gortmplib, the RTMP library of MediaMTX. It is not MediaMTX: no API, no hooks, no
// configuration.
//
//	gortmp publish FILE URL   sends an FLV file (H.264, AAC) in real time, its packets and their
//	                          times as they are
//	gortmp read URL           a line of JSON on stdout for what the stream has, and one for each
//	                          packet of it
//	gortmp serve ADDRESS      whoever publishes to a path is passed on to whoever plays it, taken
//	                          apart and put together as MediaMTX does; a line of JSON on stdout for
//	                          what happens
//
// SIGINT and SIGTERM end it. Exit codes: 0 the end of the file, of the stream, or a signal;
// 1 anything else, which a line on stderr says; 2 bad usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/bluenviron/gortmplib"
)

const (
	patience    = 10 * time.Second // with a peer that says nothing, or takes nothing
	clockOfH264 = 90000
)

var output sync.Mutex

// say writes one line of JSON, whole whoever else writes one.
func say(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

// dial connects as a publisher or a player. A server may keep a player waiting for a publisher, but
// not for ever.
func dial(ctx context.Context, address string, publish bool) (*gortmplib.Client, error) {
	target, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	client := &gortmplib.Client{URL: target, Publish: publish}
	if err := client.Initialize(ctx); err != nil {
		return nil, err
	}
	return client, nil
}

// drain throws away what the other end says. The channel is closed when that is over.
//
// It takes bytes and not messages: the library answers some of those that it reads, in the midst of
// what another goroutine writes.
func drain(connection net.Conn) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, connection)
	}()
	return gone
}

// farewell closes a connection that is being drained, when the other end has got all that was sent
// and closes it, too. One that is closed with something unread in it is reset.
func farewell(connection net.Conn, gone <-chan struct{}) {
	defer connection.Close()
	if tcp, ok := connection.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		select {
		case <-gone:
		case <-time.After(patience):
		}
	}
}

func run(ctx context.Context, arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "publish":
		return publish(ctx, arguments[1], arguments[2])
	case len(arguments) == 2 && arguments[0] == "read":
		return read(ctx, arguments[1])
	case len(arguments) == 2 && arguments[0] == "serve":
		return serve(ctx, arguments[1])
	}
	fmt.Fprintln(os.Stderr, "usage: gortmp publish FILE URL | read URL | serve ADDRESS")
	os.Exit(2)
	return nil
}

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	err := run(ctx, os.Args[1:])
	if err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
		fmt.Fprintf(os.Stderr, "gortmp: %v\n", err)
		os.Exit(1)
	}
}
