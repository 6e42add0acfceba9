// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
)

var errCutOff = errors.New("the file is cut off")

type flvTag struct {
	kind byte // 8 sound, 9 pictures
	dts  time.Duration
	body []byte
}

func (t flvTag) isAVC(packet byte) bool {
	return t.kind == 9 && len(t.body) > 5 && t.body[0]&0x0f == 7 && t.body[1] == packet
}

func (t flvTag) isAAC(packet byte) bool {
	return t.kind == 8 && len(t.body) > 2 && t.body[0]>>4 == 10 && t.body[1] == packet
}

func readFLV(path string) ([]flvTag, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) < 13 || string(data[:3]) != "FLV" {
		return nil, fmt.Errorf("%s is not FLV", path)
	}
	var tags []flvTag
	for data = data[13:]; len(data) > 0; {
		if len(data) < 11 {
			return nil, errCutOff
		}
		size := int(data[1])<<16 | int(data[2])<<8 | int(data[3])
		ms := int(data[7])<<24 | int(data[4])<<16 | int(data[5])<<8 | int(data[6])
		if len(data) < 11+size+4 {
			return nil, errCutOff
		}
		dts := time.Duration(ms) * time.Millisecond
		tags = append(tags, flvTag{kind: data[0] & 0x1f, dts: dts, body: data[11 : 11+size]})
		data = data[11+size+4:]
	}
	return tags, nil
}

// parameterSets takes the first SPS and the first PPS out of an AVCDecoderConfigurationRecord.
func parameterSets(record []byte) (*codecs.H264, error) {
	if len(record) < 6 {
		return nil, errCutOff
	}
	var first [2][]byte
	at := 5
	for kind, mask := range []byte{0x1f, 0xff} {
		if at >= len(record) {
			return nil, errCutOff
		}
		count := int(record[at] & mask)
		at++
		for number := range count {
			if at+2 > len(record) {
				return nil, errCutOff
			}
			end := at + 2 + int(binary.BigEndian.Uint16(record[at:]))
			if end > len(record) {
				return nil, errCutOff
			}
			if number == 0 {
				first[kind] = record[at+2 : end]
			}
			at = end
		}
	}
	return &codecs.H264{SPS: first[0], PPS: first[1]}, nil
}

// tracksOf finds what the file has by its sequence headers; nil for what it has not.
func tracksOf(tags []flvTag) (video, audio *gortmplib.Track, err error) {
	for _, tag := range tags {
		switch {
		case video == nil && tag.isAVC(0):
			sets, err := parameterSets(tag.body[5:])
			if err != nil {
				return nil, nil, err
			}
			video = &gortmplib.Track{Codec: sets}
		case audio == nil && tag.isAAC(0):
			config := &mpeg4audio.AudioSpecificConfig{}
			if err := config.Unmarshal(tag.body[2:]); err != nil {
				return nil, nil, err
			}
			audio = &gortmplib.Track{Codec: &codecs.MPEG4Audio{Config: config}}
		}
	}
	return video, audio, nil
}

func send(writer *gortmplib.Writer, video, audio *gortmplib.Track, tag flvTag) error {
	switch {
	case tag.isAVC(1):
		var units h264.AVCC
		if err := units.Unmarshal(tag.body[5:]); err != nil {
			return err
		}
		// Three bytes with a sign.
		offset := int32(uint32(tag.body[2])<<24|uint32(tag.body[3])<<16|uint32(tag.body[4])<<8) >> 8
		pts := tag.dts + time.Duration(offset)*time.Millisecond
		return writer.WriteH264(video, pts, tag.dts, units)
	case tag.isAAC(1):
		return writer.WriteMPEG4Audio(audio, tag.dts, tag.body[2:])
	}
	return nil
}

func publish(ctx context.Context, path, address string) error {
	tags, err := readFLV(path)
	if err != nil {
		return err
	}
	video, audio, err := tracksOf(tags)
	if err != nil {
		return err
	}
	var tracks []*gortmplib.Track
	for _, track := range []*gortmplib.Track{video, audio} {
		if track != nil {
			tracks = append(tracks, track)
		}
	}
	client, err := dial(ctx, address, true)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, client.Close)
	defer stop()
	gone := drain(client.NetConn())
	defer farewell(client.NetConn(), gone)
	writer := &gortmplib.Writer{Conn: client, Tracks: tracks}
	if err := writer.Initialize(); err != nil {
		return err
	}
	began := time.Now()
	for _, tag := range tags {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-gone:
			return errors.New("the server ended it")
		case <-time.After(time.Until(began.Add(tag.dts))):
		}
		if err := client.NetConn().SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if err := send(writer, video, audio, tag); err != nil {
			return err
		}
	}
	return nil
}
