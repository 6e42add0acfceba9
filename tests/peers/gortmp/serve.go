// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

const waitingUnits = 1024 // of one player; who falls behind by more is sent away

var errReplaced = errors.New("another publisher took the path")

// A broadcast is one publisher and those who play what it sends. It ends with its publisher, and
// they with it.
type broadcast struct {
	connection net.Conn
	tracks     []*gortmplib.Track
	sps, pps   []byte // the latest; only settle() uses them

	mutex   sync.Mutex
	ended   bool
	players map[*player]struct{}
}

// pass gives a unit to every player, and closes the queue of one that has no room for it.
func (b *broadcast) pass(u unit) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for p := range b.players {
		select {
		case p.units <- u:
		default:
			delete(b.players, p)
			close(p.units)
		}
	}
}

// join makes a player; nil when the broadcast has ended.
func (b *broadcast) join() *player {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.ended {
		return nil
	}
	p := &player{units: make(chan unit, waitingUnits)}
	b.players[p] = struct{}{}
	return p
}

func (b *broadcast) leave(p *player) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(b.players, p)
}

func (b *broadcast) end() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.ended = true
	for p := range b.players {
		close(p.units)
	}
	clear(b.players)
}

// settle does to a unit what MediaMTX does to everything that goes through it: of pictures neither
// access unit delimiters nor parameter sets are kept, and each IDR picture gets the latest sets;
// the times of sound are counted in samples. False when nothing is left.
func (b *broadcast) settle(u *unit) bool {
	switch codec := b.tracks[u.track].Codec.(type) {
	case *codecs.H264:
		if b.sps == nil {
			b.sps, b.pps = codec.SPS, codec.PPS
		}
		var kept [][]byte
		isIDR := false
		for _, nal := range u.nalUnits {
			switch h264.NALUType(nal[0] & 0x1f) {
			case h264.NALUTypeSPS:
				b.sps = nal
			case h264.NALUTypePPS:
				b.pps = nal
			case h264.NALUTypeAccessUnitDelimiter:
			case h264.NALUTypeIDR:
				isIDR = true
				kept = append(kept, nal)
			default:
				kept = append(kept, nal)
			}
		}
		if len(kept) == 0 {
			return false
		}
		if isIDR {
			kept = append([][]byte{b.sps, b.pps}, kept...)
		}
		u.nalUnits = kept
	case *codecs.MPEG4Audio:
		rate := int64(codec.Config.SampleRate)
		second := int64(time.Second)
		samples := int64(u.pts)/second*rate + int64(u.pts)%second*rate/second
		u.pts = time.Duration(samples/rate*second + samples%rate*second/rate)
	}
	return true
}

// A player is sent pictures from an IDR on. When each is to be decoded is worked out anew from when
// it is to be shown, for that is all that MediaMTX keeps.
type player struct {
	units     chan unit
	extractor *h264.DTSExtractor // from the first IDR on
}

func (p *player) write(writer *gortmplib.Writer, tracks []*gortmplib.Track, u unit) error {
	if u.nalUnits == nil {
		return writer.WriteMPEG4Audio(tracks[u.track], u.pts, u.frame)
	}
	if p.extractor == nil {
		if !h264.IsRandomAccess(u.nalUnits) {
			return nil
		}
		p.extractor = &h264.DTSExtractor{}
		p.extractor.Initialize()
	}
	ticks, err := p.extractor.Extract(u.nalUnits, u.pts.Milliseconds()*clockOfH264/1000)
	if err != nil {
		return err
	}
	dts := time.Duration(ticks) * time.Second / clockOfH264
	return writer.WriteH264(tracks[u.track], u.pts, dts, u.nalUnits)
}

type server struct {
	mutex sync.Mutex
	paths map[string]*broadcast
}

// begin puts a broadcast on its path; whoever was there is sent away.
func (s *server) begin(path string, b *broadcast) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if former := s.paths[path]; former != nil {
		former.connection.Close()
	}
	s.paths[path] = b
}

func (s *server) finish(path string, b *broadcast) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.paths[path] == b {
		delete(s.paths, path)
	}
}

func (s *server) find(path string) *broadcast {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.paths[path]
}

type event struct {
	Event  string      `json:"event"`
	Port   int         `json:"port,omitempty"`
	Path   string      `json:"path,omitempty"`
	ID     string      `json:"id,omitempty"`
	Query  string      `json:"query,omitempty"`
	Tracks []trackLine `json:"tracks,omitempty"`
	Why    string      `json:"why,omitempty"`
}

func (s *server) publisher(connection net.Conn, conn *gortmplib.ServerConn, path, id string) error {
	reader := &gortmplib.Reader{Conn: conn}
	if err := reader.Initialize(); err != nil {
		return err
	}
	tracks, err := describeAll(reader.Tracks())
	if err != nil {
		return err
	}
	b := &broadcast{connection: connection, tracks: reader.Tracks(), players: map[*player]struct{}{}}
	err = listen(reader, func(u unit) {
		if b.settle(&u) {
			b.pass(u)
		}
	})
	if err != nil {
		return err
	}
	if err := connection.SetDeadline(time.Time{}); err != nil {
		return err
	}
	s.begin(path, b)
	say(event{Event: "ready", Path: path, ID: id, Query: conn.URL.RawQuery, Tracks: tracks})
	for err == nil {
		if err = connection.SetReadDeadline(time.Now().Add(patience)); err == nil {
			err = reader.Read()
		}
	}
	b.end()
	s.finish(path, b)
	if errors.Is(err, net.ErrClosed) && s.find(path) != nil {
		err = errReplaced
	}
	say(event{Event: "not-ready", Path: path, ID: id, Why: err.Error()})
	return nil
}

func (s *server) player(connection net.Conn, conn *gortmplib.ServerConn, path, id string) error {
	b := s.find(path)
	var p *player
	if b != nil {
		p = b.join()
	}
	if p == nil {
		return errors.Join(conn.RejectAction(), errors.New("nobody publishes to "+path))
	}
	defer b.leave(p)
	gone := drain(connection)
	defer farewell(connection, gone)
	if err := connection.SetDeadline(time.Time{}); err != nil {
		return err
	}
	say(event{Event: "play", Path: path, ID: id})
	writer := &gortmplib.Writer{Conn: conn, Tracks: b.tracks}
	err := writer.Initialize()
	for err == nil {
		u, isOpen := <-p.units
		if !isOpen {
			err = errors.New("the broadcast has ended, or it was too slow for it")
			break
		}
		if err = connection.SetWriteDeadline(time.Now().Add(patience)); err == nil {
			err = p.write(writer, b.tracks, u)
		}
	}
	say(event{Event: "stop", Path: path, ID: id, Why: err.Error()})
	return nil
}

func (s *server) attend(connection net.Conn, id string) error {
	if err := connection.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	conn := &gortmplib.ServerConn{RW: connection}
	if err := conn.Initialize(); err != nil {
		return err
	}
	if err := conn.AcceptConn(); err != nil {
		return err
	}
	path := strings.Trim(conn.URL.Path, "/")
	if conn.Publish {
		return s.publisher(connection, conn, path, id)
	}
	return s.player(connection, conn, path, id)
}

func serve(ctx context.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	say(event{Event: "listening", Port: listener.Addr().(*net.TCPAddr).Port})
	s := &server{paths: map[string]*broadcast{}}
	var attended sync.WaitGroup
	defer attended.Wait()
	for number := 1; ; number++ {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		attended.Add(1)
		go func() {
			defer attended.Done()
			stop := context.AfterFunc(ctx, func() { connection.Close() })
			defer stop()
			defer connection.Close()
			id := fmt.Sprint(number)
			if err := s.attend(connection, id); err != nil {
				say(event{Event: "refused", ID: id, Why: err.Error()})
			}
		}()
	}
}
