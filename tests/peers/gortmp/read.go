// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

// A unit is what a reader is called back with. Of pictures there are NAL units, of sound there is a
// frame.
type unit struct {
	track    int
	pts, dts time.Duration
	nalUnits [][]byte
	frame    []byte
}

// listen has `each` called with all that the reader reads, on the thread that reads it.
func listen(reader *gortmplib.Reader, each func(unit)) error {
	for number, track := range reader.Tracks() {
		switch codec := track.Codec.(type) {
		case *codecs.H264:
			reader.OnDataH264(track, func(pts, dts time.Duration, au [][]byte) {
				each(unit{track: number, pts: pts, dts: dts, nalUnits: au})
			})
		case *codecs.MPEG4Audio:
			reader.OnDataMPEG4Audio(track, func(pts time.Duration, au []byte) {
				each(unit{track: number, pts: pts, dts: pts, frame: au})
			})
		default:
			return fmt.Errorf("a track of %T", codec)
		}
	}
	return nil
}

type trackLine struct {
	Codec    string `json:"codec"`
	SPS      string `json:"sps,omitempty"`
	PPS      string `json:"pps,omitempty"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Rate     int    `json:"rate,omitempty"`
	Channels int    `json:"channels,omitempty"`
}

func describe(track *gortmplib.Track) (trackLine, error) {
	switch codec := track.Codec.(type) {
	case *codecs.H264:
		var sps h264.SPS
		if err := sps.Unmarshal(codec.SPS); err != nil {
			return trackLine{}, err
		}
		return trackLine{Codec: "h264", Width: sps.Width(), Height: sps.Height(),
			SPS: hex.EncodeToString(codec.SPS), PPS: hex.EncodeToString(codec.PPS)}, nil
	case *codecs.MPEG4Audio:
		config := codec.Config
		return trackLine{Codec: "aac", Rate: config.SampleRate, Channels: config.ChannelCount}, nil
	default:
		return trackLine{}, fmt.Errorf("a track of %T", codec)
	}
}

func describeAll(tracks []*gortmplib.Track) ([]trackLine, error) {
	lines := make([]trackLine, 0, len(tracks))
	for _, track := range tracks {
		line, err := describe(track)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

type unitLine struct {
	Track int   `json:"track"`
	PTS   int64 `json:"pts_ms"`
	DTS   int64 `json:"dts_ms"`
	Size  int   `json:"size"`
	// Of the NAL units, each behind its length in four bytes; or of the frame.
	SHA256 string `json:"sha256"`
	Kinds  []int  `json:"kinds,omitempty"` // types of the NAL units
}

func lineOf(u unit) unitLine {
	data := u.frame
	var kinds []int
	if u.nalUnits != nil {
		var err error
		if data, err = h264.AVCC(u.nalUnits).Marshal(); err != nil {
			panic(err) // it writes to memory
		}
		for _, nal := range u.nalUnits {
			kinds = append(kinds, int(nal[0]&0x1f))
		}
	}
	digest := sha256.Sum256(data)
	return unitLine{Track: u.track, PTS: u.pts.Milliseconds(), DTS: u.dts.Milliseconds(),
		Size: len(data), SHA256: hex.EncodeToString(digest[:]), Kinds: kinds}
}

func read(ctx context.Context, address string) error {
	client, err := dial(ctx, address, false)
	if err != nil {
		return err
	}
	defer client.Close()
	stop := context.AfterFunc(ctx, client.Close)
	defer stop()
	say(map[string]bool{"playing": true})
	reader := &gortmplib.Reader{Conn: client}
	if err := reader.Initialize(); err != nil {
		return err
	}
	tracks, err := describeAll(reader.Tracks())
	if err != nil {
		return err
	}
	say(map[string][]trackLine{"tracks": tracks})
	if err := listen(reader, func(u unit) { say(lineOf(u)) }); err != nil {
		return err
	}
	for {
		if err := reader.Read(); err != nil {
			return err
		}
	}
}
