// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/input_file.hpp"

#include <cerrno>

#include "base/check.hpp"
#include "clips/mp4_vetting.hpp"

namespace livedub::clips {
namespace {

const char* demuxer_of(SoundFile kind) noexcept {
    switch (kind) {
        case SoundFile::kM4a:
            return "mov";
        case SoundFile::kAdts:
            return "aac";
        case SoundFile::kWav:
            return "wav";
        case SoundFile::kMp3:
            return "mp3";
        case SoundFile::kOgg:
            return "ogg";
        case SoundFile::kFlac:
            return "flac";
    }
    return "";
}

/// A file from a peer may name others; none is opened.
int open_nothing(AVFormatContext* /*context*/, AVIOContext** /*io*/, const char* /*url*/,
                 int /*flags*/, AVDictionary** /*options*/) {
    return AVERROR(EACCES);
}

}  // namespace

Result<std::unique_ptr<InputFile>> InputFile::open(std::string_view bytes, SoundFile kind) {
    quieten_libav();
    if (kind == SoundFile::kM4a) {
        if (auto vetted = vet_mp4(bytes); !vetted) {
            return tl::unexpected{std::move(vetted).error()};
        }
    }
    std::unique_ptr<InputFile> file{new InputFile{bytes}};
    auto* context = avformat_alloc_context();
    LIVEDUB_CHECK(context != nullptr);
    context->pb = file->reader_.io();
    context->flags |= AVFMT_FLAG_CUSTOM_IO;
    context->io_open = open_nothing;
    context->max_streams = 16;
    const auto* const demuxer = av_find_input_format(demuxer_of(kind));
    // Frees the context when it fails.
    if (const int error = avformat_open_input(&context, "", demuxer, nullptr); error < 0) {
        return libav_failure(ErrorCode::kInvalidArgument, to_string(kind), error);
    }
    file->context_ = context;
    for (unsigned i = 0; i < context->nb_streams; ++i) {
        auto* const stream = context->streams[i];
        if (file->sound_ == nullptr && stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
            file->sound_ = stream;
        } else {
            stream->discard = AVDISCARD_ALL;
        }
    }
    if (file->sound_ == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "a file without sound");
    }
    return file;
}

InputFile::~InputFile() {
    avformat_close_input(&context_);
}

bool InputFile::read(AVPacket& packet) {
    for (;;) {
        av_packet_unref(&packet);
        if (av_read_frame(context_, &packet) < 0) {
            return false;
        }
        if (packet.stream_index == sound_->index) {
            return true;
        }
    }
}

}  // namespace livedub::clips
