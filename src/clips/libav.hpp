// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What this room uses of libavformat, libavcodec and libswresample, owned the way the rest of the
// tree owns things. Not for other rooms.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

namespace livedub::clips {

struct LibavDeleter {
    void operator()(AVCodecContext* codec) const noexcept { avcodec_free_context(&codec); }
    void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
    void operator()(SwrContext* resampler) const noexcept { swr_free(&resampler); }
    void operator()(AVCodecParameters* parameters) const noexcept {
        avcodec_parameters_free(&parameters);
    }
    void operator()(AVIOContext* io) const noexcept {
        av_freep(static_cast<void*>(&io->buffer));
        avio_context_free(&io);
    }
};

template <typename T>
using LibavPtr = std::unique_ptr<T, LibavDeleter>;

/// Sends libav's own lines to the logger "clips" at DEBUG, where there would be one for each
/// damaged clip of a peer. Once per process; cheap afterwards.
void quieten_libav();

/// "`what`: Invalid data found when processing input".
[[nodiscard]] tl::unexpected<Error> libav_failure(ErrorCode code, std::string_view what, int error);

}  // namespace livedub::clips
